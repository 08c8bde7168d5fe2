// CanvassCRDT
