// CanvassTests
