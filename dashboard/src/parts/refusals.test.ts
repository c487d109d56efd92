import { CombinedError } from "@urql/core";
import { GraphQLError } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { faultText } from "../answers";
import { changeLanguage, speak, words } from "../words";
import { type Refused, refusalSentence, refusalText } from "./refusals";

const refused = (own: Partial<Refused>): Refused => ({
  code: "PERMISSION_MISSING",
  message: "As the server says it.",
  availableAt: null,
  ...own,
});
const sentence = (own: Partial<Refused>): string => refusalSentence(refused(own), words.t, words.language);

beforeAll(speak);
afterAll(() => changeLanguage("en"));

test("in English the server's own sentence is the page's, but where it speaks to programs", async () => {
  await changeLanguage("en");
  expect(sentence({})).toBe("As the server says it.");
  expect(sentence({ code: "WEBHOOK_DELIVERIES_WAITING", waiting: 1 })).toMatch(/^1 delivery waits/);
  expect(sentence({ code: "WEBHOOK_DELIVERIES_WAITING", waiting: 3 })).toMatch(/^3 deliveries wait/);
});

describe("in Spanish", () => {
  beforeAll(() => changeLanguage("es"));

  test.each<[Partial<Refused>, string]>([
    [{}, "El cliente no permite llamadas en este momento. Pida permiso antes de llamar."],
    [{ permissionStatus: "DECLINED" }, "El cliente rechazó las llamadas. Pida permiso antes de llamar."],
    [
      { permissionStatus: "TEMPORARY" },
      "El cliente no permite llamadas en este momento. Pida permiso antes de llamar.",
    ],
    [{ code: "REQUEST_LIMIT_REACHED" }, "WhatsApp no permite más solicitudes a este cliente por ahora."],
    [
      { code: "CALL_LIMIT_REACHED", limit: { maximum: 10, period: "PT24H" } },
      "WhatsApp no permite más llamadas atendidas que estas: 10 en 24 horas.",
    ],
    [{ code: "CUSTOMER_ALREADY_EXISTS", field: "phone" }, "Ya hay otro cliente con este teléfono."],
    [{ code: "CUSTOMER_ALREADY_EXISTS", field: "whatsappUserId" }, "Ya hay un cliente con esos datos."],
    [
      { code: "TOO_MANY_WEBHOOK_ENDPOINTS", maximum: 20 },
      "No puede haber más destinos que estos: 20. Borre los que nadie usa.",
    ],
    [
      { code: "WEBHOOK_DELIVERIES_WAITING", waiting: 1 },
      "1 entrega espera, y se perdería. El destino se borra de todos modos si lo indica abajo.",
    ],
    [{ code: "REFUSED_BY_WHATSAPP", details: "No card" }, "WhatsApp lo rechazó: No card"],
    [{ code: "REFUSED_BY_WHATSAPP" }, "WhatsApp lo rechazó: As the server says it."],
    [
      { code: "WEBHOOK_DOCUMENT_REFUSED", mistakes: ["One.", "Two."] },
      "Con este documento no es posible suscribirse: One. Two.",
    ],
    [{ code: "OF_A_LATER_SERVER" }, "As the server says it."],
  ])("%j reads %s", (own, said) => expect(sentence(own)).toBe(said));

  test("the moment from which it no longer stands is told by the reader's calendar", () => {
    const refusal = refused({ code: "NUMBER_RESTRICTED", availableAt: "2026-11-25T12:00:00Z" });
    expect(refusalText(refusal, words.t, words.language)).toMatch(
      /^WhatsApp ha puesto este número en pausa\. \(desde .*25 nov 2026/,
    );
  });

  test.each([
    ["FORBIDDEN", {}, "Su token no le permite hacer esto."],
    ["THROTTLED", { retryAfter: 7 }, "Se ha pedido demasiado en este minuto. Vuelva a intentarlo en 7 s."],
    ["BAD_USER_INPUT", {}, "Of the server's."],
  ])("what went wrong as %s is told by its code where that says it", (code, own, said) => {
    const error = new GraphQLError("Of the server's.", { extensions: { code, ...own } });
    expect(faultText(new CombinedError({ graphQLErrors: [error] }))).toBe(said);
  });
});
