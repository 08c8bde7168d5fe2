// CanvassSyncTests
