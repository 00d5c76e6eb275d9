/// Trust
