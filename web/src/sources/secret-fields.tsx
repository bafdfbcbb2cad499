// Where a secret comes from: the service shows one, or asks for one, which is then made up here.
import { ChoiceCards } from "@/ui/choice-cards";
import { PasswordField } from "@/ui/password-field";

export type SecretDraft = { way: "given" | "made"; text: string };

export const noSecret: SecretDraft = { way: "given", text: "" };

type Props = {
  draft: SecretDraft;
  fault: string | undefined;
  onChange: (draft: SecretDraft) => void;
};

export function SecretFields({ draft, fault, onChange }: Props) {
  return (
    <>
      <ChoiceCards
        legend="Secret"
        name="way"
        value={draft.way}
        onChange={(way) => onChange({ ...draft, way })}
        className="sm:grid-cols-2"
        choices={[
          { value: "given", label: "The service shows one", hint: "Paste it below" },
          {
            value: "made",
            label: "The service asks for one",
            hint: "It is made up, and shown once",
          },
        ]}
      />
      {draft.way === "given" && (
        <PasswordField
          label="Secret of the service"
          value={draft.text}
          onChange={(text) => onChange({ ...draft, text })}
          error={fault}
          autoComplete="off"
        />
      )}
    </>
  );
}

/** What is sent: nothing where one is to be made up. */
export function secretOf({ way, text }: SecretDraft): { secret?: string } {
  return way === "given" ? { secret: text } : {};
}

export function secretFault({ way, text }: SecretDraft): string | undefined {
  return way === "given" && text.trim() === ""
    ? "Paste the secret that the service shows"
    : undefined;
}
