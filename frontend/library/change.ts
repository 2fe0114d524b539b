import { api, ask, type Generation } from "@/api/client";
import { put } from "@/store/generations";

const at = (job: Generation) => ({ params: { path: { id: job.id } } });

/** Shown at once, taken back when it is refused. */
export async function favour(job: Generation, favourite: boolean) {
  put([{ ...job, favourite }]);
  try {
    put([await ask(api.PATCH("/api/v1/generations/{id}", { ...at(job), body: { favourite } }))]);
  } catch (error) {
    put([job]);
    throw error;
  }
}

export async function throwAway(job: Generation) {
  put([await ask(api.DELETE("/api/v1/generations/{id}", at(job)))]);
}

export async function restore(job: Generation) {
  put([await ask(api.POST("/api/v1/generations/{id}/restore", at(job)))]);
}
