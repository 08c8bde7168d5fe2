// CanvassWire
