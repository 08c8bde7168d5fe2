// CanvassHTTPTests
