// What the pens of maps (leaflet.draw) say, in the language of the admin.

/** Have them say it. To be called before a pen is made. */
export function givePensWords() {
  const { draw, edit } = L.drawLocal;
  draw.toolbar.actions = { title: gettext("Cancel drawing"), text: gettext("Cancel") };
  draw.toolbar.finish = { title: gettext("Finish drawing"), text: gettext("Finish") };
  draw.toolbar.undo = { title: gettext("Delete the last point drawn"), text: gettext("Delete the last point") };
  draw.toolbar.buttons.polygon = gettext("Draw a polygon");
  draw.toolbar.buttons.rectangle = gettext("Draw a rectangle");
  draw.handlers.polygon.tooltip = {
    start: gettext("Click where the first corner is."),
    cont: gettext("Click where the next corner is."),
    end: gettext("Click the first corner to close the shape."),
  };
  draw.handlers.polyline.error = gettext("Its edges cannot cross.");
  draw.handlers.rectangle.tooltip.start = gettext("Press at one corner, and drag to the other.");
  draw.handlers.simpleshape.tooltip.end = gettext("Let go to end.");
  edit.toolbar.actions.save = { title: gettext("Keep the changes"), text: gettext("Keep") };
  edit.toolbar.actions.cancel = { title: gettext("Stop, and undo all changes"), text: gettext("Cancel") };
  edit.toolbar.actions.clearAll = { title: gettext("Remove all shapes"), text: gettext("Remove all") };
  edit.toolbar.buttons.edit = gettext("Move corners");
  edit.toolbar.buttons.editDisabled = gettext("There are no corners to move");
  edit.toolbar.buttons.remove = gettext("Remove the shape");
  edit.toolbar.buttons.removeDisabled = gettext("There is no shape to remove");
  edit.handlers.edit.tooltip = { text: gettext("Drag the corners."), subtext: gettext("Cancel undoes the changes.") };
  edit.handlers.remove.tooltip.text = gettext("Click the shape to remove it.");
}
