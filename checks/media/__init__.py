"""Media: can data leave on a removable disk?"""
