// CanvassSQLite
