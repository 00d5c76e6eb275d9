/// ControlLink
