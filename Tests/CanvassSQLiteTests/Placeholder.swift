// CanvassSQLiteTests
