// Canvass
