// Addresses that lead nowhere, and pages that are for others.
import { Compass, Lock } from "lucide-react";
import { Link } from "wouter";
import { usePageTitle } from "@/lib/page-title";
import { Notice } from "@/ui/notice";

export function NotFound() {
  usePageTitle("Not found");
  return (
    <Notice icon={Compass} title="There is no such page" level={1} className="h-full">
      <p className="text-muted">The address is mistyped, or the page has moved.</p>
      <ToCallbacks />
    </Notice>
  );
}

export function ForAdmins() {
  usePageTitle("For admins");
  return (
    <Notice icon={Lock} title="This page is for admins" level={1} className="h-full">
      <p className="max-w-80 text-muted">
        You are signed in as a member. An admin can change that.
      </p>
      <ToCallbacks />
    </Notice>
  );
}

function ToCallbacks() {
  return (
    <Link href="/" className="mt-1 text-accent underline underline-offset-4">
      Go to the callbacks
    </Link>
  );
}
