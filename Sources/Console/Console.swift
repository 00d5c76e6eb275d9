/// Console
