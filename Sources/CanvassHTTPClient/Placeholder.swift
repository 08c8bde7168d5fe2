// CanvassHTTPClient
