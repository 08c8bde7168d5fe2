// CanvassWireTests
