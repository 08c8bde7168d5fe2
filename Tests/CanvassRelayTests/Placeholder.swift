// CanvassRelayTests
