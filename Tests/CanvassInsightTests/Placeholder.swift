// CanvassInsightTests
