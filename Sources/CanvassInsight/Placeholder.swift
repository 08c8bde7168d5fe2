// CanvassInsight
