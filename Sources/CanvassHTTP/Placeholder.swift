// CanvassHTTP
