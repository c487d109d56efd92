import { Alert, Button, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";

import styles from "./App.module.css";
import type { End } from "./desk";
import { keepToken } from "./ground/session";
import { useTranslation } from "./words";

export default function SignIn({ end, signIn }: { end: End | null; signIn: (token: string) => void }): ReactNode {
  const { t } = useTranslation();
  const [token, setToken] = useState("");
  const [provider, setProvider] = useState(false);
  useEffect(() => {
    const ways = async (): Promise<void> => {
      const answer = (await (await fetch("/sign-in/ways")).json()) as { provider?: boolean };
      setProvider(answer.provider === true);
    };
    ways().catch(() => undefined); // then there is only the token
  }, []);
  return (
    <main className={styles.opening}>
      <Paper withBorder shadow="md" className={styles.card}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            keepToken(token.trim());
            signIn(token.trim());
          }}
        >
          <Stack>
            <span className={styles.sign}>
              <img src="/icon.svg" alt="" width={30} height={30} />
              {t("app.name")}
            </span>
            <Title order={1} size="h1">
              {t("app.question")}
            </Title>
            {end === "shut out" && (
              <Alert color="yellow" variant="outline" role="status">
                {t("signIn.over")}
              </Alert>
            )}
            {provider && (
              <Button component="a" href="/sign-in">
                {t("signIn.withProvider")}
              </Button>
            )}
            <Text c="dimmed">{t("signIn.why")}</Text>
            <PasswordInput
              label={t("signIn.token")}
              description={t("signIn.tokenHint")}
              error={end === "refused" && token === "" ? t("signIn.refused") : null}
              value={token}
              autoComplete="off"
              onChange={(event) => setToken(event.currentTarget.value)}
            />
            <Button type="submit" variant={provider ? "default" : "filled"} disabled={token.trim() === ""}>
              {t("signIn.go")}
            </Button>
          </Stack>
        </form>
      </Paper>
    </main>
  );
}
