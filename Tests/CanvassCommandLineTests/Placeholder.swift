// CanvassCommandLineTests
