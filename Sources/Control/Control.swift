/// Control
