// Downloading what the filters show, or what is selected.
import { Download } from "lucide-react";
import { toast } from "sonner";
import {
  type Exported,
  type ExportFormat,
  exportBlocked,
  exportFormats,
  useExport,
} from "@/api/export";
import { useCommands } from "@/lib/commands";
import { Button } from "@/ui/button";
import { Menu, MenuContent, MenuItem, MenuLabel, MenuTrigger } from "@/ui/menu";

export function ExportMenu({ what }: { what: Exported }) {
  const startExport = useExport();
  const blocked = exportBlocked(what);
  const scope = "ids" in what ? "the selection" : "what the filters show";

  function save(format: ExportFormat) {
    startExport(format, what).catch((error: Error) =>
      toast.error("Could not export", { description: error.message }),
    );
  }
  useCommands(
    exportFormats.map(({ format, label }) => ({
      id: `export:${format}`,
      section: "Callbacks",
      title: `Export ${scope} as ${label}`,
      run: () => save(format),
      blocked,
    })),
  );
  const button = (
    <Button aria-label="Export" blocked={blocked}>
      <Download className="size-4" aria-hidden />
      <span className="hidden sm:inline">Export</span>
    </Button>
  );
  if (blocked !== null) return button;
  return (
    <Menu modal={false}>
      <MenuTrigger asChild>{button}</MenuTrigger>
      <MenuContent align="end">
        <MenuLabel>Export {scope}</MenuLabel>
        {exportFormats.map(({ format, label, hint }) => (
          <MenuItem key={format} onSelect={() => save(format)}>
            {label}
            <span className="ml-auto pl-4 text-label text-muted">{hint}</span>
          </MenuItem>
        ))}
      </MenuContent>
    </Menu>
  );
}
