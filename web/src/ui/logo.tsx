// The mark: a tray that something has just dropped into.

export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path
        d="M8 17.5h4.2l1.6 3h4.4l1.6-3H24M9.6 10.4h12.8L24 17.5v4.1a1.6 1.6 0 0 1-1.6 1.6H9.6A1.6 1.6 0 0 1 8 21.6v-4.1z"
        className="fill-none stroke-accent-ink"
        strokeWidth="2"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
