// CanvassCommandLine
