"""What is answered to one caller: patients by the page, rows, links, and what is withheld."""
