"""Endpoint protection: is malicious software kept out and noticed?"""
