"""The page of one run or of several side by side: one HTML file that needs no other and asks for none."""
