// The keyboard's way through a chart: arrows read values, plus and minus zoom, Shift moves.

export interface Moves {
  step: (by: number) => void;
  jump: (toEnd: boolean) => void;
  zoom: (factor: number) => void;
  pan: (share: number) => void;
  reset: () => void;
}

export function listen(host: HTMLElement, moves: Moves): void {
  host.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== host) return;
    const act = action(event, moves);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function action(event: KeyboardEvent, moves: Moves): (() => void) | undefined {
  const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (sideways) return event.shiftKey ? () => moves.pan(sideways / 2) : () => moves.step(sideways);
  return {
    PageUp: () => moves.step(-10),
    PageDown: () => moves.step(10),
    Home: () => moves.jump(false),
    End: () => moves.jump(true),
    "+": () => moves.zoom(0.5),
    "=": () => moves.zoom(0.5),
    "-": () => moves.zoom(2),
    "0": () => moves.reset(),
    Escape: () => moves.reset(),
  }[event.key];
}
