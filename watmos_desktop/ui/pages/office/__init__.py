"""The office: how sync stands, going home safely, joining, and for administrators people and devices."""
