"""The process that keeps an eye on the books: tray icon, window, reminders, local server.

Each of them may fail without the others; the engine below them does the work.
"""
