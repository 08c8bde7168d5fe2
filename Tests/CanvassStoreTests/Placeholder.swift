// CanvassStoreTests
