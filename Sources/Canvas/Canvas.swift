/// Canvas
