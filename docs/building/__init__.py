"""What the site shows that is made when it is built: cards, gallery, reference, diagrams."""
