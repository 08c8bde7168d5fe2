// CanvassRelay
