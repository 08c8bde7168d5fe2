// CanvassXLSForm
