// A button that starts what plays and stops it says which of the two it would do.

export function showPlaying(button, playing) {
  button.setAttribute("aria-label", playing ? "Pause" : "Play");
  button.classList.toggle("playing", playing);
}
