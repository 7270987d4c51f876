"""Documents that leave the house: Word in the layout of official papers, PDF with the font embedded."""
