// CanvassSync
