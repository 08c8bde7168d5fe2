// CanvassCodingTests
