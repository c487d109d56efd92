import { Text, Title } from "@mantine/core";
import { type ReactNode, Suspense, lazy, useCallback, useState } from "react";
import type { CombinedError } from "urql";
import { Redirect, Route, Switch, useLocation } from "wouter";

import styles from "./App.module.css";
import { Boundary } from "./Boundary";
import { Frame } from "./Frame";
import { DeskProvider, type End } from "./desk";
import { ahead } from "./ground/late";
import { keptToken } from "./ground/session";
import { NumberProvider } from "./number";
import { Announcements } from "./parts/Announcements";
import { Hints } from "./parts/Hints";
import { Notices } from "./parts/Notices";
import { Told } from "./parts/Told";
import { DoingsProvider } from "./parts/doings";
import { useTranslation } from "./words";

const SignIn = lazy(() => import("./SignIn"));
const CallNow = lazy(ahead(() => import("./pages/CallNow")));
const Customers = lazy(ahead(() => import("./pages/Customers")));
const Customer = lazy(ahead(() => import("./pages/Customer")));
const Requests = lazy(ahead(() => import("./pages/Requests")));
const Overview = lazy(ahead(() => import("./pages/Overview")));
const Settings = lazy(ahead(() => import("./pages/Settings")));

export function App(): ReactNode {
  const [token, setToken] = useState(keptToken);
  const [end, setEnd] = useState<End | null>(null);
  const leave = useCallback((end: End) => {
    setToken(null);
    setEnd(end);
  }, []);
  if (token === null)
    return (
      <Suspense fallback={null}>
        <SignIn end={end} signIn={setToken} />
      </Suspense>
    );
  return (
    <DeskProvider token={token} leave={leave} closed={(error) => <Opening error={error} />}>
      <DoingsProvider>
        <Frame>
          <Announcements />
          <Pages />
        </Frame>
        <Hints />
        <Told />
      </DoingsProvider>
    </DeskProvider>
  );
}

function Opening({ error }: { error: CombinedError | undefined }): ReactNode {
  const { t } = useTranslation();
  const refused = error?.graphQLErrors[0]; // then it was reached, and says itself what is to be done
  const failed = error && (refused?.message ?? t("signIn.failed", { message: error.message }));
  return (
    <main className={styles.opening}>
      <Text role="status">{failed ?? t("signIn.opening")}</Text>
    </main>
  );
}

function Pages(): ReactNode {
  const { t } = useTranslation();
  const [path] = useLocation();
  return (
    <>
      <Notices />
      <Boundary key={path}>
        <Suspense fallback={null}>
          <Switch>
            <Route path="/settings/:tab?" component={Settings} />
            <Route>
              <NumberProvider none={<Text>{t("empty.noNumber")}</Text>}>
                <Switch>
                  <Route path="/" component={() => <Redirect to="/call-now" />} />
                  <Route path="/call-now" component={CallNow} />
                  <Route path="/customers" component={Customers} />
                  <Route path="/customers/:id">{({ id }) => <Customer key={id} id={id} />}</Route>
                  <Route path="/requests" component={Requests} />
                  <Route path="/overview" component={Overview} />
                  <Route>
                    <Title order={1} size="h2">
                      {t("error.noPage")}
                    </Title>
                  </Route>
                </Switch>
              </NumberProvider>
            </Route>
          </Switch>
        </Suspense>
      </Boundary>
    </>
  );
}
