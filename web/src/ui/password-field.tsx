// A field for a password, which can be shown: a person who sees what they type chooses a longer one.
import { Dices, Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { newPassword } from "@/lib/new-password";
import { IconButton } from "./button";
import { TextField } from "./field";

type Props = Omit<ComponentProps<typeof TextField>, "type" | "trailing" | "value" | "onChange"> & {
  value: string;
  onChange: (value: string) => void;
  /** Whether one can be made up here; what is made up is shown. */
  generates?: boolean;
};

export function PasswordField({ value, onChange, generates = false, ...field }: Props) {
  const [shown, setShown] = useState(false);

  function generate() {
    onChange(newPassword());
    setShown(true);
  }
  return (
    <TextField
      {...field}
      type={shown ? "text" : "password"}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      spellCheck={false}
      autoCapitalize="none"
      trailing={
        <>
          {generates && (
            <IconButton
              icon={Dices}
              label="Make up a password"
              onClick={generate}
              className="size-7"
            />
          )}
          <IconButton
            icon={shown ? EyeOff : Eye}
            label={shown ? "Hide password" : "Show password"}
            onClick={() => setShown(!shown)}
            className="size-7"
          />
        </>
      }
    />
  );
}
