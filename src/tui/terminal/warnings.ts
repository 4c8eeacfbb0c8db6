/**
 * Node writes its warnings to the terminal by itself, into the middle of the screen: from now on they wait. The function
 * returned lets them be printed again, those that waited first.
 */
export function holdWarnings(): () => void {
  const printers = process.listeners("warning");
  const waiting: Error[] = [];
  const hold = (warning: Error): void => {
    if (waiting.length < mostWaiting) waiting.push(warning);
  };
  process.removeAllListeners("warning");
  process.on("warning", hold);
  return () => {
    process.off("warning", hold);
    for (const printer of printers) process.on("warning", printer);
    for (const warning of waiting) for (const printer of printers) printer(warning);
  };
}

/** A fault that warns again and again fills no memory. */
const mostWaiting = 20;
