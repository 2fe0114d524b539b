"use client";
import { Crash } from "@/shell/crash";

export default Crash;
