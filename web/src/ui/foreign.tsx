// Text that somebody else wrote. It is shown as text, kept from turning the text around it, and its
// hidden characters are made visible.
import { cn } from "@/lib/cn";
import { reveal } from "@/lib/reveal";

export function Foreign({ text, className }: { text: string; className?: string | undefined }) {
  return (
    <bdi dir="auto" className={cn(className)}>
      {reveal(text)}
    </bdi>
  );
}
