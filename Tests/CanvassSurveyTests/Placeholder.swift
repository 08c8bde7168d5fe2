// CanvassSurveyTests
