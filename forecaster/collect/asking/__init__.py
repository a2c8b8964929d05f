"""The way to what others say, and back: asked politely, archived, answered again later."""
