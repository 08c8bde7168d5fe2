// CanvassStore
