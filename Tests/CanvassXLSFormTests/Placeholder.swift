// CanvassXLSFormTests
