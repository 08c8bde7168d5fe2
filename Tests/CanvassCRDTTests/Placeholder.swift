// CanvassCRDTTests
